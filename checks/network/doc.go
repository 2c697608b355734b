// Package network is the family of facts about the way from this computer to the
// network: what a system tells at once ([Link]), and what a look at the way to the
// far end shows in some seconds ([Path]). Nothing here puts load on the line; how fast
// it is, and whether a call works over it, are for other families. No name of a
// network, no address and no name of this computer leaves the package as evidence.
package network

// Kinds of links.
const (
	Cable  = "cable"
	WiFi   = "wifi"
	Mobile = "mobile"
)
