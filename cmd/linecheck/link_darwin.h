#ifndef LINECHECK_LINK_H
#define LINECHECK_LINK_H

#include <stdint.h>

// linecheck_receive_links hands every link to linecheckLink, together with take.
void linecheck_receive_links(uintptr_t take);

#endif
