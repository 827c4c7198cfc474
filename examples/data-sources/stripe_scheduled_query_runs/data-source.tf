data "stripe_scheduled_query_runs" "example" {
}
