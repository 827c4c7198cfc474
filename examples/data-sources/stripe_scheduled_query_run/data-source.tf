data "stripe_scheduled_query_run" "example" {
  id = "sqr_123"
}
