"""The component gallery, in demo and test installations only: every part once, with made-up content."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.web import specimens
from shouwang.web.guard import PersonalRequest


def gallery(request: PersonalRequest) -> HttpResponse:
    """全部部件，内容都是样例。"""
    wrong = specimens.HardshipForm({"phone": ""})
    wrong.is_valid()
    context = {
        "tiles": specimens.tiles(),
        "filters": specimens.WorklistFilter(request.GET),
        "table": specimens.worklist(0 if request.GET.get("name") else 60),
        "empty": specimens.worklist(0),
        "wide": specimens.wide(),
        "risks": specimens.RISKS,
        "stages": specimens.stages(),
        "reasons": specimens.reasons(),
        "events": specimens.events(),
        "facts": specimens.facts(),
        "heat": specimens.heat(),
        "chart": specimens.chart(),
        "form": wrong,
        "job": specimens.job(1200) | {"url": reverse("web:parts_job") + "?done=1200"},
    }
    return render(request, "parts/gallery.html", context)


def resident(request: PersonalRequest) -> HttpResponse:
    """居民页面的字号和触摸尺寸。"""
    return render(request, "parts/resident.html", {"form": specimens.HardshipForm()})


def job(request: PersonalRequest) -> HttpResponse:
    """一个假任务的进度：每问一次多三成。"""
    done = int(request.GET.get("done", "0")) + 1500
    return render(
        request, "ui/job.html", {"job": specimens.job(done) | {"url": f"{reverse('web:parts_job')}?done={done}"}}
    )
