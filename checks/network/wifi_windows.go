package network

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// radioOf asks the system's Wi-Fi service about the connection in use. There is
// seldom more than one adapter; the first that is connected counts. ok is false where
// there is none, or the service does not run.
func radioOf(string) (r radio, ok bool) {
	dll := windows.NewLazySystemDLL("wlanapi.dll")
	call := func(name string, args ...uintptr) bool {
		p := dll.NewProc(name)
		if p.Find() != nil {
			return false
		}
		status, _, _ := p.Call(args...)
		return status == 0
	}
	var version uint32
	var handle windows.Handle
	if !call("WlanOpenHandle", 2, 0, uintptr(unsafe.Pointer(&version)), uintptr(unsafe.Pointer(&handle))) {
		return r, false
	}
	defer call("WlanCloseHandle", uintptr(handle), 0)
	var list *wlanList
	if !call("WlanEnumInterfaces", uintptr(handle), 0, uintptr(unsafe.Pointer(&list))) || list == nil {
		return r, false
	}
	defer call("WlanFreeMemory", uintptr(unsafe.Pointer(list)))
	for _, i := range unsafe.Slice(&list.first, int(min(list.count, maxAdapters))) {
		if i.state != wlanConnected {
			continue
		}
		ask := func(what uintptr, use func(data unsafe.Pointer, size uint32)) {
			var size uint32
			var data unsafe.Pointer
			if call("WlanQueryInterface", uintptr(handle), uintptr(unsafe.Pointer(&i.id)), what, 0, uintptr(unsafe.Pointer(&size)), uintptr(unsafe.Pointer(&data)), 0) && data != nil {
				use(data, size)
				call("WlanFreeMemory", uintptr(data))
			}
		}
		ask(wlanCurrentConnection, func(data unsafe.Pointer, size uint32) {
			if size >= uint32(unsafe.Sizeof(wlanConnection{})) {
				c := (*wlanConnection)(data)
				r.quality, r.mbps = float64(c.quality)/100, float64(c.txRate)/1000
			}
		})
		ask(wlanRSSI, func(data unsafe.Pointer, size uint32) {
			if size >= 4 {
				r.signal = float64(*(*int32)(data))
			}
		})
		ask(wlanChannel, func(data unsafe.Pointer, size uint32) {
			if size >= 4 {
				r.mhz = frequencyOf(*(*uint32)(data))
			}
		})
		return r, true
	}
	return r, false
}

// maxAdapters is how many Wi-Fi adapters are looked at.
const maxAdapters = 16

// Numbers of wlanapi.h.
const (
	wlanConnected         = 1
	wlanCurrentConnection = 7
	wlanChannel           = 8
	wlanRSSI              = 0x10000102
)

// wlanList is WLAN_INTERFACE_INFO_LIST, wlanInterface WLAN_INTERFACE_INFO.
type wlanList struct {
	count, index uint32
	first        wlanInterface
}

type wlanInterface struct {
	id          windows.GUID
	description [256]uint16
	state       uint32
}

// wlanConnection is WLAN_CONNECTION_ATTRIBUTES.
type wlanConnection struct {
	state, mode    uint32
	profile        [256]uint16
	ssidLength     uint32
	ssid           [32]byte
	kind           uint32
	bssid          [6]byte
	_              [2]byte
	phy, phyIndex  uint32
	quality        uint32 // 0 to 100
	rxRate, txRate uint32 // kbit/s
	security       [4]uint32
}

// frequencyOf is the frequency of a channel's number, in MHz. Numbers of the band at 6
// GHz are those of the others again: they are taken for these.
func frequencyOf(channel uint32) float64 {
	switch {
	case channel >= 1 && channel <= 13:
		return 2407 + 5*float64(channel)
	case channel == 14:
		return 2484
	case channel >= 32 && channel <= 177:
		return 5000 + 5*float64(channel)
	}
	return 0
}
