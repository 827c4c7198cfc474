ephemeral "stripe_reporting_report_run" "example" {
  report_type = "balance.summary.1"
  parameters  = { interval_start = 1767225600, interval_end = 1769904000 }
}
