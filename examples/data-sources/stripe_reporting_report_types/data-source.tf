data "stripe_reporting_report_types" "example" {
}
