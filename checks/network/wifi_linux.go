package network

import "github.com/mdlayher/wifi"

// radioOf asks the kernel about a Wi-Fi interface. ok is false where it does not tell.
func radioOf(name string) (r radio, ok bool) {
	c, err := wifi.New()
	if err != nil {
		return r, false
	}
	defer c.Close()
	all, err := c.Interfaces()
	if err != nil {
		return r, false
	}
	for _, i := range all {
		if i.Name != name {
			continue
		}
		r.mhz = float64(i.Frequency)
		if stations, err := c.StationInfo(i); err == nil && len(stations) > 0 {
			r.signal, r.mbps = float64(stations[0].Signal), float64(stations[0].TransmitBitrate)/1e6
		}
		return r, true
	}
	return r, false
}
