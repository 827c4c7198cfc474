provider "stripe" {
  sandbox = "test.db"
}

run "a_plan_is_made" {
  assert {
    condition     = stripe_price.monthly.unit_amount == 1500
    error_message = "a month costs 15.00"
  }
}

run "a_new_amount_makes_a_new_price" {
  variables {
    monthly = 1800
  }

  assert {
    condition     = output.price != run.a_plan_is_made.price
    error_message = "Stripe cannot change the amount of a price"
  }
}

run "a_new_name_is_an_update" {
  command = plan

  variables {
    name = "Gold plus"
  }

  assert {
    condition     = stripe_product.plan.id == run.a_plan_is_made.product
    error_message = "a new name makes no new product"
  }
}
