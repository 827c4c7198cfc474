action "stripe_submit_issuing_dispute" "example" {
  config {
    issuing_dispute = stripe_issuing_dispute.example.id
  }
}
