// Package azure holds the affinity of Azure Application Gateway and Azure App Service.
//
// Floor 4.
package azure
