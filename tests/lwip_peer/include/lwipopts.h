#pragma once

// The stack of a small host that dials in: PPP over a serial line, IPv4 and IPv6, DNS, TCP with full windows.
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_RAW 1
#define LWIP_DNS 1
#define LWIP_ICMP 1
#define PPP_SUPPORT 1
#define PPPOS_SUPPORT 1
#define PPP_IPV4_SUPPORT 1
#define PPP_IPV6_SUPPORT 1
#define PAP_SUPPORT 1
#define CHAP_SUPPORT 1
#define VJ_SUPPORT 0
#define LWIP_ARP 0
#define LWIP_ETHERNET 0
#define MEM_ALIGNMENT 8
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define TCP_MSS 1460
#define TCP_WND (40 * TCP_MSS)
#define TCP_SND_BUF (40 * TCP_MSS)
#define TCP_SND_QUEUELEN 160
#define MEMP_NUM_TCP_SEG 200
#define PBUF_POOL_SIZE 200
#define IPV6_FRAG_COPYHEADER 1
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 1
