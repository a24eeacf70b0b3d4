//! One dot per person, in a half circle: up to about 150 people.

use leptos::prelude::*;

/// The radii of the rows, from the inside; the picture is 400 wide and 212 high.
const ROWS: [f64; 5] = [92.0, 116.0, 140.0, 164.0, 188.0];

/// The places of `n` seats, from the left.
pub fn places(n: u32) -> Vec<(f64, f64)> {
    let whole: f64 = ROWS.iter().sum();
    let mut seats: Vec<(f64, f64, f64)> = Vec::new();
    let mut left = n;
    for (row, radius) in ROWS.iter().enumerate() {
        let is_last = row + 1 == ROWS.len();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most n")]
        let wanted = if is_last { left } else { ((f64::from(n) * radius / whole).round() as u32).min(left) };
        left -= wanted;
        for seat in 0..wanted {
            let part = if wanted < 2 { 0.5 } else { f64::from(seat) / f64::from(wanted - 1) };
            let angle = std::f64::consts::PI * (1.0 - part);
            seats.push((angle, 200.0 + radius * angle.cos(), 200.0 - radius * angle.sin()));
        }
    }
    seats.sort_by(|a, b| b.0.total_cmp(&a.0));
    seats.into_iter().map(|(_, x, y)| (x, y)).collect()
}

/// The seats of a vote, with the sentence as its name.
pub fn seats(yes: u32, no: u32, abstain: u32, n: u32) -> AnyView {
    let label = format!(
        "{n} members as seats: {yes} yes, {no} no, {abstain} abstain, {} have not voted yet",
        n.saturating_sub(yes + no + abstain)
    );
    let dots = places(n.min(150))
        .into_iter()
        .zip(0_u32..)
        .map(|((x, y), seat)| {
            let at = |value: f64| format!("{value:.1}");
            if seat >= yes && seat < yes + no {
                let path = format!("M{:.1} {:.1}l6.6 6.6-6.6 6.6-6.6-6.6z", x, y - 6.6);
                return view! { <path class="no" d=path></path> }.into_any();
            }
            let (class, radius) = match seat {
                seat if seat < yes => ("yes", "5.4"),
                seat if seat < yes + no + abstain => ("abs", "4.6"),
                _ => ("un", "5.4"),
            };
            view! { <circle class=class cx=at(x) cy=at(y) r=radius></circle> }.into_any()
        })
        .collect_view();
    view! {
        <svg viewBox="0 0 400 212" role="img" aria-label=label>
            {dots}
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_seat_within_the_picture() {
        for n in [0, 1, 2, 7, 20, 112, 150] {
            let places = places(n);
            assert_eq!(places.len(), usize::try_from(n).unwrap());
            assert!(places.iter().all(|(x, y)| (0.0..=400.0).contains(x) && (0.0..=212.0).contains(y)), "{n}");
        }
    }
}
