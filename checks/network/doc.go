// Package network is the room for facts about the way from this computer to the
// network, which a system tells at once. Nothing here puts load on the line; how fast
// it is, and whether a call works over it, are for other families.
package network

// Kinds of links.
const (
	Cable  = "cable"
	WiFi   = "wifi"
	Mobile = "mobile"
)
