// Package azure holds the affinity of Azure Application Gateway and Azure App Service.
//
// Floor 3: imports policies and sim.
package azure
