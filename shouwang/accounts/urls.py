"""Addresses of the account pages."""

from django.urls import path

from shouwang.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("password/", views.password, name="password"),
    path("enrol/", views.enrol, name="enrol"),
    path("enrol/code.svg", views.enrol_code, name="enrol_code"),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("post/", views.choose_post, name="choose_post"),
    path("kinship/", views.kinship, name="kinship"),
    path("bootstrap/", views.bootstrap, name="bootstrap"),
]
