data "stripe_reporting_report_runs" "example" {
}
