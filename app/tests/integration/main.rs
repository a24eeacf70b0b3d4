//! Renders each page with an invented community and looks at the HTML.
