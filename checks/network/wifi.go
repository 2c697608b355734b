package network

// radio is what the system tells of the Wi-Fi connection in use. What it does not tell is 0.
type radio struct {
	// signal is the strength of what is received, in dBm: -50 is near, -80 is far.
	signal float64
	// quality is the same as the system puts it, 0 to 1, where it names no dBm.
	quality float64
	// mhz is the frequency of the channel, which tells the band.
	mhz float64
	// mbps is the rate of the last packets sent, as the radio moves bits.
	mbps float64
}

// band is the Wi-Fi band of a frequency, in GHz as it stands on routers; empty where it is none.
func (r radio) band() string {
	switch {
	case r.mhz >= 2400 && r.mhz < 2500:
		return "2.4"
	case r.mhz >= 4900 && r.mhz < 5925:
		return "5"
	case r.mhz >= 5925 && r.mhz < 7200:
		return "6"
	}
	return ""
}
