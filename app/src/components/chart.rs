//! Charts as inline SVG, each with the table behind it.

use leptos::prelude::*;

use crate::{
    api::report::{BarView, ChartView},
    format,
};

/// Width and height of the drawing area, in its own units.
const SIZE: (f64, f64) = (640.0, 200.0);

/// Room below for the labels.
const BELOW: f64 = 28.0;

/// A chart of bars, with its sentence as its name and its table below.
pub fn bar_chart(chart: &ChartView) -> AnyView {
    let most = chart.bars.iter().filter_map(|bar| bar.value).fold(0.0_f64, f64::max);
    let top = if chart.unit == "%" { 100.0 } else { most.max(1.0) };
    let n = chart.bars.len().max(1);
    let (width, height) = SIZE;
    let step = width / n as f64;
    let bars = chart.bars.iter().enumerate().map(|(at, bar)| one(bar, at, n, step, top)).collect_view();
    let lines = [0.0, 0.5, 1.0].map(|share| {
        let y = height - share * height;
        let label = format!("{} {}", format::amount((top * share * 10.0).round() / 10.0), chart.unit);
        view! {
            <line class="chart-line" x1="0" x2=width.to_string() y1=y.to_string() y2=y.to_string()></line>
            <text class="chart-scale" x="2" y=(y - 4.0).to_string()>
                {label}
            </text>
        }
    });
    let view_box = format!("0 -16 {width} {}", height + BELOW + 16.0);
    let is_empty = chart.bars.iter().all(|bar| bar.value.is_none());
    let picture = if is_empty {
        view! { <p class="muted">"There is nothing to count yet."</p> }.into_any()
    } else {
        view! {
            <svg class="chart" viewBox=view_box role="img" aria-label=chart.sentence.clone() preserveAspectRatio="xMidYMid meet">
                {lines.collect_view()}
                {bars}
            </svg>
        }
        .into_any()
    };
    view! {
        {picture}
        {twin(chart)}
    }
    .into_any()
}

fn one(bar: &BarView, at: usize, n: usize, step: f64, top: f64) -> AnyView {
    let (_, height) = SIZE;
    let x = at as f64 * step;
    let middle = x + step / 2.0;
    // Where there are many bars, every other label has room.
    let is_labelled = n <= 6 || at % 2 == n % 2;
    let label = is_labelled.then(|| {
        let short: String = bar.label.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end().to_owned();
        let short = if short.is_empty() { bar.label.clone() } else { short };
        view! {
            <text class="chart-label" x=middle.to_string() y=(height + 18.0).to_string() text-anchor="middle">
                {short}
            </text>
        }
    });
    let body = bar.value.map(|value| {
        let tall = (value / top).clamp(0.0, 1.0) * height;
        let (wide, left) = ((step * 0.62).min(56.0), middle - (step * 0.62).min(56.0) / 2.0);
        view! {
            <rect class="chart-bar" x=left.to_string() y=(height - tall).to_string() width=wide.to_string() height=tall.max(1.5).to_string() rx="3"></rect>
        }
    });
    view! {
        {body}
        {label}
    }
    .into_any()
}

/// The same as a table.
fn twin(chart: &ChartView) -> AnyView {
    let rows = chart
        .bars
        .iter()
        .map(|bar| {
            let value = bar.value.map_or_else(|| "–".to_owned(), |value| format::amount((value * 10.0).round() / 10.0));
            view! {
                <tr>
                    <th scope="row">{bar.label.clone()}</th>
                    <td class="end">{value}</td>
                    <td class="end">{bar.n.to_string()}</td>
                </tr>
            }
        })
        .collect_view();
    let left_out = (!chart.left_out.is_empty()).then(|| view! { <p class="small muted">{chart.left_out.clone()}</p> });
    view! {
        {left_out}
        <details class="twin">
            <summary>"Show as a table"</summary>
            <table class="table flush">
                <thead>
                    <tr>
                        <th scope="col">{chart.by.clone()}</th>
                        <th scope="col" class="end">
                            {chart.unit.clone()}
                        </th>
                        <th scope="col" class="end">
                            "Counted"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
    .into_any()
}
