// Draws every <div data-chart="id"> from the JSON script of that id: {kind, unit, labels, series: [{name, values}], line?}.
// The same figures stand in a table beside it; the drawing itself is hidden from screen readers.
(() => {
  "use strict";
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const yuan = (fen) => (fen / 100).toLocaleString("zh-CN", { maximumFractionDigits: 2 });
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  function option(data) {
    const money = data.unit === "元";
    const say = (value) => (value === null || value === undefined ? "无数据" : money ? yuan(value) : value.toLocaleString("zh-CN"));
    const text = { color: token("muted"), fontFamily: token("sans"), fontSize: 12 };
    const colours = [token("brand"), token("heat-3"), token("link"), token("border")];
    return {
      animation: !still.matches, animationDuration: 120, color: colours, textStyle: text,
      aria: { enabled: false },
      grid: { left: 8, right: 16, top: 28, bottom: 8, containLabel: true },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true,
        formatter: (points) => [points[0].name, ...points.map((point) => `${point.seriesName}：${say(point.value)}${data.unit}`)].join("\n"),
      },
      xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: token("border") } }, axisLabel: text },
      yAxis: { type: "value", name: data.unit, nameTextStyle: text, splitLine: { lineStyle: { color: token("hairline") } }, axisLabel: { ...text, formatter: say } },
      series: data.series.map((one, index) => ({
        name: one.name, type: data.kind, data: one.values, barMaxWidth: 36, symbolSize: 7, connectNulls: false,
        markLine: data.line && index === 0 ? {
          symbol: "none", silent: true, lineStyle: { color: token("high"), type: "dashed" },
          data: [{ yAxis: data.line.value }], label: { formatter: data.line.label, color: token("high"), position: "insideEndTop" },
        } : undefined,
      })),
    };
  }

  window.drawCharts = () => {
    for (const place of document.querySelectorAll("[data-chart]:not([data-drawn])")) {
      const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
      const chart = window.echarts.init(place, null, { renderer: "svg" });
      chart.setOption(option(data));
      new ResizeObserver(() => chart.resize()).observe(place);
      place.dataset.drawn = "yes";
    }
  };
})();
