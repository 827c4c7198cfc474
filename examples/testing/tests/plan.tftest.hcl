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
    monthly     = 1800
    first_price = run.a_plan_is_made.price
  }

  assert {
    condition     = output.price != var.first_price
    error_message = "Stripe cannot change the amount of a price"
  }
}

run "a_new_name_is_an_update" {
  command = plan

  variables {
    name          = "Gold plus"
    first_product = run.a_new_amount_makes_a_new_price.product
  }

  assert {
    condition     = stripe_product.plan.id == var.first_product
    error_message = "a new name makes no new product"
  }
}
