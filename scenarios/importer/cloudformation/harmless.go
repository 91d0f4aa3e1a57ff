package cloudformation

import "stickysim/scenarios/importer/internal/source"

// harmless are the paths of a template that have no influence on routing, load, sessions and time.
var harmless = []source.Harmless{
	{Why: "about the template", Names: []string{"AWSTemplateFormatVersion", "Description", "Metadata", "Outputs", "Rules", "Resources * Metadata"}},
	{Why: "its default is used where it is referred to", Names: []string{"Parameters"}},
	{Why: "its values are used where they are referred to", Names: []string{"Mappings"}},
	{Why: "what they say is used where they are named", Names: []string{"Conditions"}},
	{Why: "when resources are made, not what they do", Names: []string{
		"Resources * DependsOn", "Resources * DeletionPolicy", "Resources * UpdateReplacePolicy", "Resources * CreationPolicy",
	}},
	{Why: "a name or label", Names: []string{
		"Resources * Properties Name", "Resources * Properties Tags", "Resources * Properties LoadBalancerName", "Resources * Properties ServiceName",
		"Resources * Properties AutoScalingGroupName", "Resources * Properties LoadBalancerArn", "Resources * Properties ListenerArn",
	}},
	{Why: "where the servers are in the network", Names: []string{
		"Resources * Properties VpcId", "Resources * Properties TargetType", "Resources * Properties IpAddressType", "Resources * Properties Subnets",
		"Resources * Properties SubnetMappings", "Resources * Properties Scheme", "Resources * Properties SecurityGroups",
		"Resources * Properties NetworkConfiguration", "Resources * Properties VPCZoneIdentifier", "Resources * Properties AvailabilityZones",
		"Resources * Properties Targets AvailabilityZone", "Resources * Properties Targets Port", "Resources * Properties EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
		"Resources * Properties EnablePrefixForIpv6SourceNat", "Resources * Properties Ipv4IpamPoolId", "Resources * Properties MinimumLoadBalancerCapacity",
	}},
	{Why: "how servers are reached", Names: []string{
		"Resources * Properties Port", "Resources * Properties Protocol", "Resources * Properties ProtocolVersion", "Resources * Properties Certificates",
		"Resources * Properties SslPolicy", "Resources * Properties AlpnPolicy", "Resources * Properties MutualAuthentication",
		"Resources * Properties TargetControlPort", "Resources * Properties ListenerAttributes", "Resources * Properties Listeners",
		"Resources * Properties Type", "Resources * Properties Policies", "Resources * Properties AccessLoggingPolicy",
	}},
	{Why: "what a probe asks", Names: []string{
		"Resources * Properties HealthCheckPath", "Resources * Properties HealthCheckPort", "Resources * Properties HealthCheckProtocol",
		"Resources * Properties Matcher", "Resources * Properties HealthCheck Target",
	}},
	{Why: "which requests come to a pool; here all of the scenario do", Names: []string{
		"Resources * Properties Conditions", "Resources * Properties Priority", "Resources * Properties DefaultActions Order", "Resources * Properties Actions Order",
		"Resources * Properties Transforms",
	}},
	{Why: "what runs in a task or instance, and where", Names: []string{
		"Resources * Properties Cluster", "Resources * Properties LaunchType", "Resources * Properties TaskDefinition", "Resources * Properties PlatformVersion",
		"Resources * Properties PropagateTags", "Resources * Properties EnableECSManagedTags", "Resources * Properties EnableExecuteCommand",
		"Resources * Properties Role", "Resources * Properties SchedulingStrategy", "Resources * Properties LaunchTemplate",
		"Resources * Properties LaunchConfigurationName", "Resources * Properties CapacityProviderStrategy", "Resources * Properties PlacementConstraints",
		"Resources * Properties PlacementStrategies", "Resources * Properties LoadBalancers ContainerName", "Resources * Properties LoadBalancers ContainerPort",
		"Resources * Properties VolumeConfigurations", "Resources * Properties ServiceRegistries", "Resources * Properties CapacityReservationSpecification",
		"Resources * Properties InstanceId", "Resources * Properties PlacementGroup", "Resources * Properties ServiceLinkedRoleARN", "Resources * Properties Context",
		"Resources * Properties SkipZonalShiftValidation", "Resources * Properties DesiredCapacityType", "Resources * Properties AvailabilityZoneDistribution",
		"Resources * Properties MetricsCollection", "Resources * Properties NotificationConfigurations", "Resources * Properties LoadBalancers AdvancedConfiguration",
	}},
}

// properties are the properties of resources that decide how many servers there are and for how long, and that a scenario does not have.
var properties = []source.Matters{
	{Why: "servers do not call each other through proxies", Names: []string{"Resources * Properties ServiceConnectConfiguration"}},
	{Why: "new tasks are there at once when their server has started; a task that fails its checks is not replaced", Names: []string{"Resources * Properties HealthCheckGracePeriodSeconds"}},
	{Why: "tasks are replaced in turn; blue and green are a canary in the timeline", Names: []string{"Resources * Properties DeploymentController"}},
	{Why: "an instance that fails its checks is not replaced; write it in the timeline", Names: []string{
		"Resources * Properties HealthCheckGracePeriod", "Resources * Properties HealthCheckType", "Resources * Properties AvailabilityZoneImpairmentPolicy",
	}},
	{Why: "instances that leave and come by themselves are not modelled; add them to the timeline", Names: []string{
		"Resources * Properties CapacityRebalance", "Resources * Properties MaxInstanceLifetime", "Resources * Properties InstanceMaintenancePolicy",
	}},
	{Why: "the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}", Names: []string{
		"Resources * Properties Cooldown", "Resources * Properties DefaultInstanceWarmup", "Resources * Properties TerminationPolicies",
		"Resources * Properties NewInstancesProtectedFromScaleIn",
	}},
	{Why: "instances start and stop without waiting for hooks", Names: []string{"Resources * Properties LifecycleHookSpecificationList"}},
	{Why: "instances of several types count as alike, and none is taken away; write cores per group of servers", Names: []string{"Resources * Properties MixedInstancesPolicy"}},
	{Why: "only TargetGroupARNs and LoadBalancerNames are followed", Names: []string{"Resources * Properties TrafficSources"}},
}

// matters are the kinds of resources that decide how many servers there are, or what requests meet, and that a scenario does not have.
var matters = map[string]string{
	"AWS::ApplicationAutoScaling::ScalableTarget":       "the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}",
	"AWS::ApplicationAutoScaling::ScalingPolicy":        "the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}",
	"AWS::AutoScaling::ScalingPolicy":                   "the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}",
	"AWS::AutoScaling::ScheduledAction":                 "the scenario has no autoscaler; add one, for example autoscaler: {schedule: […]}",
	"AWS::AutoScaling::LifecycleHook":                   "instances start and stop without waiting for hooks",
	"AWS::AutoScaling::WarmPool":                        "instances are not kept warm",
	"AWS::WAFv2::WebACLAssociation":                     "requests that a firewall refuses are not modelled",
	"AWS::CloudFront::Distribution":                     "what a CDN in front answers itself is not modelled; populations need through: its addresses",
	"AWS::GlobalAccelerator::EndpointGroup":             "a split before the load balancer is not modelled",
	"AWS::ElasticLoadBalancingV2::TrustStoreRevocation": "clients that are refused are not modelled",
	"AWS::EC2::SpotFleet":                               "instances that are taken away are not modelled; add them to the timeline",
}

// harmlessKinds are the kinds of resources that have no influence on routing, load, sessions and time.
var harmlessKinds = map[string]bool{
	"AWS::EC2::VPC": true, "AWS::EC2::Subnet": true, "AWS::EC2::SecurityGroup": true, "AWS::EC2::SecurityGroupIngress": true,
	"AWS::EC2::SecurityGroupEgress": true, "AWS::EC2::InternetGateway": true, "AWS::EC2::VPCGatewayAttachment": true, "AWS::EC2::RouteTable": true,
	"AWS::EC2::Route": true, "AWS::EC2::SubnetRouteTableAssociation": true, "AWS::EC2::EIP": true, "AWS::EC2::NatGateway": true,
	"AWS::EC2::LaunchTemplate": true, "AWS::EC2::Instance": true, "AWS::EC2::Volume": true, "AWS::EC2::VPCEndpoint": true,
	"AWS::AutoScaling::LaunchConfiguration": true, "AWS::ECS::Cluster": true, "AWS::ECS::TaskDefinition": true, "AWS::ECS::CapacityProvider": true,
	"AWS::ECS::ClusterCapacityProviderAssociations": true, "AWS::ECR::Repository": true,
	"AWS::IAM::Role": true, "AWS::IAM::Policy": true, "AWS::IAM::InstanceProfile": true, "AWS::IAM::ManagedPolicy": true,
	"AWS::Logs::LogGroup": true, "AWS::CloudWatch::Alarm": true, "AWS::CloudWatch::Dashboard": true, "AWS::SNS::Topic": true,
	"AWS::Route53::RecordSet": true, "AWS::Route53::HostedZone": true, "AWS::CertificateManager::Certificate": true,
	"AWS::ElasticLoadBalancingV2::ListenerCertificate": true, "AWS::ElasticLoadBalancingV2::TrustStore": true, "AWS::S3::Bucket": true,
	"AWS::S3::BucketPolicy": true, "AWS::SecretsManager::Secret": true, "AWS::SSM::Parameter": true, "AWS::KMS::Key": true, "AWS::KMS::Alias": true,
	"AWS::RDS::DBInstance": true, "AWS::RDS::DBCluster": true, "AWS::RDS::DBSubnetGroup": true, "AWS::EFS::FileSystem": true, "AWS::EFS::MountTarget": true,
	"AWS::Lambda::Function": true, "AWS::Lambda::Permission": true, "AWS::Events::Rule": true,
}
