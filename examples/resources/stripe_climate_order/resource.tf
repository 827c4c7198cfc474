resource "stripe_climate_order" "example" {
  product     = "climsku_frontier_offtake_portfolio_2030"
  metric_tons = "0.5"
}
