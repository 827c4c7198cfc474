data "stripe_reporting_report_type" "example" {
  id = "id_123"
}
