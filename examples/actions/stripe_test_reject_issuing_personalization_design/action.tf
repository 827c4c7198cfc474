action "stripe_test_reject_issuing_personalization_design" "example" {
  config {
    issuing_personalization_design = stripe_issuing_personalization_design.example.id
    rejection_reasons              = { card_logo = ["geographic_location"] }
  }
}
