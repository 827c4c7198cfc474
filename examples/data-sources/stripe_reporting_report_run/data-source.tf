data "stripe_reporting_report_run" "example" {
  id = "frr_123"
}
