package exchange

import "encoding/base64"

// LinkPrefix begins an invite's link; the rest is its envelope in URL-safe base64.
const LinkPrefix = "linecheck://invite/"

// Link is the invite, its envelope's JSON, as a link that opens the program.
func Link(invite []byte) string {
	return LinkPrefix + base64.RawURLEncoding.EncodeToString(invite)
}
