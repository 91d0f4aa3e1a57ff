package importer_test

import (
	"strings"
	"testing"
)

// Every property of the resources of CloudFormation around load balancers is in a drawer: none is not understood.
func TestEveryFieldOfCloudFormation(t *testing.T) {
	around := map[string]string{
		"AWS::ElasticLoadBalancingV2::TargetGroup":  "TargetGroupAttributes Key = stickiness.type",
		"AWS::ElasticLoadBalancingV2::LoadBalancer": "LoadBalancerAttributes Key = access_logs.s3.enabled",
		"AWS::ElasticLoadBalancingV2::Listener": `ListenerAttributes Key = routing.http.response.server.enabled
			DefaultActions Type = forward unless RedirectConfig FixedResponseConfig AuthenticateCognitoConfig AuthenticateOidcConfig
			DefaultActions Type = redirect with RedirectConfig FixedResponseConfig
			DefaultActions Type = authenticate-oidc with AuthenticateCognitoConfig AuthenticateOidcConfig
			DefaultActions TargetGroupArn = !Ref Group unless ForwardConfig
			DefaultActions ForwardConfig TargetGroups = [{TargetGroupArn: !Ref Group}]
			DefaultActions ForwardConfig TargetGroups TargetGroupArn = !Ref Group`,
		"AWS::ElasticLoadBalancingV2::ListenerRule": `Actions Type = forward unless RedirectConfig FixedResponseConfig AuthenticateCognitoConfig AuthenticateOidcConfig
			Actions Type = redirect with RedirectConfig FixedResponseConfig
			Actions Type = authenticate-oidc with AuthenticateCognitoConfig AuthenticateOidcConfig
			Actions TargetGroupArn = !Ref Group unless ForwardConfig
			Actions ForwardConfig TargetGroups = [{TargetGroupArn: !Ref Group}]
			Actions ForwardConfig TargetGroups TargetGroupArn = !Ref Group`,
		"AWS::AutoScaling::AutoScalingGroup": "TargetGroupARNs = [!Ref Group]",
		"AWS::ECS::Service": `LoadBalancers = [{TargetGroupArn: !Ref Group}]
			LoadBalancers TargetGroupArn = !Ref Group unless LoadBalancerName
			LoadBalancers LoadBalancerName = !Ref Group with LoadBalancerName
			DeploymentConfiguration MaximumPercent = 150
			DeploymentConfiguration MinimumHealthyPercent = 50`,
	}
	for _, kind := range fieldsOf(t, "testdata/schemas/fields-cloudformation.txt") {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			with := companions(around[kind.name])
			tally(t, kind, "cloudformation", "file.yaml", func(path []*field, value string) *page {
				p := &page{lines: []string{"Resources:", "  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup}", "  It:", "    Type: " + kind.name, "    Properties:"}, keys: []int{3, 4}}
				p.object(3, "", path, value, with)
				return p
			})
		})
	}
}

// Every argument of the resources of Terraform's providers around load balancers is in a drawer: none is not understood.
func TestEveryFieldOfTerraform(t *testing.T) {
	const forward = `default_action type = "forward" unless redirect fixed_response authenticate_cognito authenticate_oidc
		default_action type = "redirect" with redirect fixed_response
		default_action type = "authenticate-oidc" with authenticate_cognito authenticate_oidc
		default_action target_group_arn = aws_lb_target_group.group.arn unless forward
		default_action forward target_group = { arn = aws_lb_target_group.group.arn }
		default_action forward target_group arn = aws_lb_target_group.group.arn`
	around := map[string]string{
		"aws_lb_listener":                forward,
		"aws_lb_listener_rule":           strings.ReplaceAll(forward, "default_action", "action"),
		"aws_lb_target_group_attachment": "target_group_arn = aws_lb_target_group.group.arn",
		"aws_autoscaling_group":          "target_group_arns = [aws_lb_target_group.group.arn]",
		"aws_ecs_service":                "load_balancer = { target_group_arn = aws_lb_target_group.group.arn }\n load_balancer target_group_arn = aws_lb_target_group.group.arn\n deployment_maximum_percent = 150\n deployment_minimum_healthy_percent = 50",
		"cloudflare_load_balancer":       "default_pools = [cloudflare_load_balancer_pool.pool.id]\n fallback_pool = cloudflare_load_balancer_pool.pool.id\n session_affinity = \"cookie\" unless session_affinity_attributes\n session_affinity = \"header\" with session_affinity_attributes",
		"cloudflare_load_balancer_pool":  "origins = [{ name = \"a\", address = \"10.0.0.1\" }]\n origins name = \"a\"\n origins address = \"10.0.0.1\"\n monitor = cloudflare_load_balancer_monitor.it.id",
	}
	const session = `session_affinity = "STRONG_COOKIE_AFFINITY" with strong_session_affinity_cookie
		session_affinity = "HTTP_COOKIE" with http_cookie
		session_affinity = "HEADER_FIELD" with http_header_name minimum_ring_size`
	around["google_compute_backend_service"], around["google_compute_region_backend_service"] = session, session
	around["google_compute_target_pool"] = "session_affinity = CLIENT_IP"
	for _, provider := range []string{"aws", "google", "cloudflare"} {
		for _, kind := range fieldsOf(t, "testdata/schemas/fields-terraform-"+provider+".txt") {
			t.Run(kind.name, func(t *testing.T) {
				t.Parallel()
				with := companions(around[kind.name])
				tally(t, kind, "terraform", "main.tf", func(path []*field, value string) *page {
					if value != anything && value != "true" && value != "false" {
						value = `"` + value + `"`
					}
					p := &page{hcl: true, maps: provider == "cloudflare", keys: []int{1}, lines: []string{`resource "` + kind.name + `" "it" {`}}
					p.object(1, "", path, value, with)
					p.lines = append(p.lines, "}", `resource "aws_lb_target_group" "group" {`, `  port = 80`, "}",
						`resource "cloudflare_load_balancer" "balancer" {`, "  default_pools = [cloudflare_load_balancer_pool.it.id]", "  fallback_pool = cloudflare_load_balancer_pool.it.id", "}",
						`resource "cloudflare_load_balancer_pool" "pool" {`, `  name = "pool"`, `  origins = [{ name = "a", address = "10.0.0.1" }]`, "}",
						`resource "google_compute_backend_service" "web" {`, "  health_checks = ["+kind.name+".it.id]", "  backend { group = "+kind.name+".it.instance_group }", "}")
					return p
				})
			})
		}
	}
}
