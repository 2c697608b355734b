//go:build !linux

package exchange

import "net/url"

// desktop names no proxy: this system keeps it elsewhere.
func desktop(*url.URL) *url.URL { return nil }
