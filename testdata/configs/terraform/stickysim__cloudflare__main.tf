# A load balancer of Cloudflare with sessions, in front of one pool.
resource "cloudflare_load_balancer_monitor" "health" {
  account_id     = var.account
  type           = "https"
  path           = "/health"
  expected_codes = "200"
  interval       = 60
  retries        = 2
  timeout        = 5
}

resource "cloudflare_load_balancer_pool" "shop" {
  account_id = var.account
  name       = "shop"
  monitor    = cloudflare_load_balancer_monitor.health.id

  origins {
    name    = "shop-a"
    address = "192.0.2.11"
    enabled = true
  }

  origins {
    name    = "shop-b"
    address = "192.0.2.12"
    weight  = 0.5
  }

  origins {
    name    = "shop-c"
    address = "192.0.2.13"

    header {
      header = "Host"
      values = ["shop.example"]
    }
  }

  origin_steering {
    policy = "hash"
  }
}

resource "cloudflare_load_balancer" "www" {
  zone_id          = var.zone
  name             = "www.shop.example"
  default_pool_ids = [cloudflare_load_balancer_pool.shop.id]
  fallback_pool_id = cloudflare_load_balancer_pool.shop.id
  proxied          = true
  steering_policy  = "off"

  session_affinity     = "cookie"
  session_affinity_ttl = 86400

  session_affinity_attributes {
    samesite               = "Lax"
    secure                 = "Always"
    drain_duration         = 300
    zero_downtime_failover = "temporary"
  }
}
