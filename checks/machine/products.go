package machine

import (
	"encoding/json"
	"fmt"
	"strings"
)

// What Windows and macOS say of themselves is read here, so that it is tried on every system.

// virtualProduct is the hypervisor that a computer's maker and product are of,
// "no" where they are of none.
func virtualProduct(product string) string {
	product = strings.ToLower(product)
	for _, known := range []struct{ mark, name string }{
		{"vmware", "vmware"}, {"virtualbox", "virtualbox"}, {"qemu", "qemu"}, {"kvm", "kvm"}, {"xen", "xen"}, {"parallels", "parallels"},
		{"microsoft corporation virtual machine", "hyper-v"}, {"amazon ec2", "amazon"}, {"google compute engine", "google"}, {"apple virtualization", "apple"},
	} {
		if strings.Contains(product, known.mark) {
			return known.name
		}
	}
	return "no"
}

// windowsEdition is which of the maker's two terms of support an edition has.
func windowsEdition(id string) string {
	switch {
	case strings.HasSuffix(id, "S") && strings.HasPrefix(id, "Enterprise"), strings.HasPrefix(id, "IoTEnterpriseS"), strings.HasPrefix(id, "Server"):
		return "other" // long-term servicing and servers have terms of their own
	case strings.HasPrefix(id, "Enterprise"), strings.HasPrefix(id, "Education"), strings.HasPrefix(id, "IoTEnterprise"):
		return "enterprise"
	}
	return "home"
}

// profiledScreen finds the main screen in what the profiler prints.
func profiledScreen(text []byte) (width, height int, err error) {
	var told struct {
		Cards []struct {
			Screens []struct {
				Pixels string `json:"_spdisplays_pixels"`
				Main   string `json:"spdisplays_main"`
			} `json:"spdisplays_ndrvs"`
		} `json:"SPDisplaysDataType"`
	}
	if err := json.Unmarshal(text, &told); err != nil {
		return 0, 0, err
	}
	for _, c := range told.Cards {
		for _, s := range c.Screens {
			w, h, ok := dimensions(s.Pixels)
			if ok && (width == 0 || s.Main == "spdisplays_yes") {
				width, height = w, h
			}
		}
	}
	if width == 0 {
		return 0, 0, errNone
	}
	return width, height, nil
}

// dimensions reads "2880 x 1800".
func dimensions(text string) (width, height int, ok bool) {
	var x string
	n, err := fmt.Sscan(text, &width, &x, &height)
	return width, height, err == nil && n == 3 && x == "x"
}
