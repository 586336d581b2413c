#include "vocabulary/numbers.hpp"

#include <algorithm>
#include <array>

namespace attache::vocabulary {

namespace {

constexpr std::array error_numbers{
    NamedNumber{1, "EPERM"},
    NamedNumber{2, "ENOENT"},
    NamedNumber{4, "EINTR"},
    NamedNumber{5, "EIO"},
    NamedNumber{7, "E2BIG"},
    NamedNumber{8, "ENOEXEC"},
    NamedNumber{9, "EBADF"},
    NamedNumber{11, "EAGAIN"},
    NamedNumber{12, "ENOMEM"},
    NamedNumber{13, "EACCES"},
    NamedNumber{14, "EFAULT"},
    NamedNumber{16, "EBUSY"},
    NamedNumber{17, "EEXIST"},
    NamedNumber{19, "ENODEV"},
    NamedNumber{22, "EINVAL"},
    NamedNumber{23, "ENFILE"},
    NamedNumber{24, "EMFILE"},
    NamedNumber{28, "ENOSPC"},
    NamedNumber{32, "EPIPE"},
    NamedNumber{33, "EDOM"},
    NamedNumber{34, "ERANGE"},
    NamedNumber{35, "ENOMSG"},
    NamedNumber{45, "EDEADLK"},
    NamedNumber{46, "ENOLCK"},
    NamedNumber{61, "ENODATA"},
    NamedNumber{62, "ETIME"},
    NamedNumber{70, "ECOMM"},
    NamedNumber{71, "EPROTO"},
    NamedNumber{77, "EBADMSG"},
    NamedNumber{88, "ENOSYS"},
    NamedNumber{91, "ENAMETOOLONG"},
    NamedNumber{95, "EOPNOTSUPP"},
    NamedNumber{96, "EPFNOSUPPORT"},
    NamedNumber{104, "ECONNRESET"},
    NamedNumber{105, "ENOBUFS"},
    NamedNumber{106, "EAFNOSUPPORT"},
    NamedNumber{107, "EPROTOTYPE"},
    NamedNumber{108, "ENOTSOCK"},
    NamedNumber{109, "ENOPROTOOPT"},
    NamedNumber{110, "ESHUTDOWN"},
    NamedNumber{111, "ECONNREFUSED"},
    NamedNumber{112, "EADDRINUSE"},
    NamedNumber{113, "ECONNABORTED"},
    NamedNumber{114, "ENETUNREACH"},
    NamedNumber{115, "ENETDOWN"},
    NamedNumber{116, "ETIMEDOUT"},
    NamedNumber{117, "EHOSTDOWN"},
    NamedNumber{118, "EHOSTUNREACH"},
    NamedNumber{119, "EINPROGRESS"},
    NamedNumber{120, "EALREADY"},
    NamedNumber{121, "EDESTADDRREQ"},
    NamedNumber{122, "EMSGSIZE"},
    NamedNumber{123, "EPROTONOSUPPORT"},
    NamedNumber{124, "ESOCKTNOSUPPORT"},
    NamedNumber{125, "EADDRNOTAVAIL"},
    NamedNumber{126, "ENETRESET"},
    NamedNumber{127, "EISCONN"},
    NamedNumber{128, "ENOTCONN"},
    NamedNumber{129, "ETOOMANYREFS"},
    NamedNumber{134, "ENOTSUP"},
    NamedNumber{138, "EILSEQ"},
    NamedNumber{139, "EOVERFLOW"},
    NamedNumber{140, "ECANCELED"},
    NamedNumber{2001, "ENOKEY"},
    NamedNumber{2002, "EKEYEXPIRED"},
    NamedNumber{2003, "EKEYREVOKED"},
    NamedNumber{2004, "EKEYREJECTED"},
};

constexpr std::array former_error_numbers{
    NamedNumber{35, "ENOTSUP"},       NamedNumber{36, "EMSGSIZE"},        NamedNumber{41, "EPROTOTYPE"},
    NamedNumber{42, "ENOPROTOOPT"},   NamedNumber{43, "EPROTONOSUPPORT"}, NamedNumber{44, "ESOCKTNOSUPPORT"},
    NamedNumber{45, "EOPNOTSUPP"},    NamedNumber{47, "EAFNOSUPPORT"},    NamedNumber{48, "EADDRINUSE"},
    NamedNumber{49, "EADDRNOTAVAIL"}, NamedNumber{51, "ENETUNREACH"},     NamedNumber{52, "ENETRESET"},
    NamedNumber{53, "ECONNABORTED"},  NamedNumber{54, "ECONNRESET"},      NamedNumber{55, "ENOBUFS"},
    NamedNumber{56, "EISCONN"},       NamedNumber{57, "ENOTCONN"},        NamedNumber{58, "ESHUTDOWN"},
    NamedNumber{60, "ETIMEDOUT"},     NamedNumber{61, "ECONNREFUSED"},    NamedNumber{62, "ENETDOWN"},
    NamedNumber{65, "EHOSTUNREACH"},  NamedNumber{67, "EHOSTDOWN"},       NamedNumber{68, "EINPROGRESS"},
    NamedNumber{69, "EALREADY"},      NamedNumber{72, "ECANCELED"},
};

constexpr std::array resolver_errors{
    NamedNumber{1, "EAI_BADFLAGS"},
    NamedNumber{2, "EAI_NONAME"},
    NamedNumber{3, "EAI_AGAIN"},
    NamedNumber{4, "EAI_FAIL"},
    NamedNumber{5, "EAI_NODATA"},
    NamedNumber{6, "EAI_FAMILY"},
    NamedNumber{7, "EAI_SOCKTYPE"},
    NamedNumber{8, "EAI_SERVICE"},
    NamedNumber{9, "EAI_ADDRFAMILY"},
    NamedNumber{10, "EAI_MEMORY"},
    NamedNumber{11, "EAI_SYSTEM"},
    NamedNumber{12, "EAI_OVERFLOW"},
    NamedNumber{100, "EAI_INPROGRESS"},
    // Of older modem libraries (reference nrf91-modem/errors.md).
    NamedNumber{257, "EAI_ADDRFAMILY"},
    NamedNumber{258, "EAI_AGAIN"},
    NamedNumber{259, "EAI_BADFLAGS"},
    NamedNumber{260, "EAI_FAIL"},
    NamedNumber{270, "EAI_FAMILY"},
    NamedNumber{271, "EAI_MEMORY"},
    NamedNumber{272, "EAI_NODATA"},
    NamedNumber{273, "EAI_NONAME"},
    NamedNumber{274, "EAI_SERVICE"},
    NamedNumber{275, "EAI_SOCKTYPE"},
};

constexpr std::array equipment_errors{
    NamedNumber{0, "phone failure"},
    NamedNumber{3, "operation not allowed"},
    NamedNumber{4, "operation not supported"},
    NamedNumber{10, "SIM not inserted"},
    NamedNumber{11, "SIM PIN required"},
    NamedNumber{12, "SIM PUK required"},
    NamedNumber{13, "SIM failure"},
    NamedNumber{14, "SIM busy"},
    NamedNumber{16, "incorrect password"},
    NamedNumber{23, "memory failure"},
    NamedNumber{50, "incorrect parameters"},
    NamedNumber{100, "unknown"},
    NamedNumber{148, "unspecified PDP authentication or activation failure"},
    NamedNumber{513, "not found"},
    NamedNumber{514, "no access"},
    NamedNumber{515, "memory full"},
    NamedNumber{516, "radio connection is active"},
    NamedNumber{518, "not allowed in active state"},
    NamedNumber{519, "already exists"},
    NamedNumber{520, "authentication failed"},
    NamedNumber{521, "PLMN search interrupted"},
    NamedNumber{522, "band configuration not valid for this mode"},
    NamedNumber{527, "invalid content"},
    NamedNumber{528, "not allowed when power-off warning is active"},
};

constexpr std::array message_errors{
    NamedNumber{1, "unassigned number"},
    NamedNumber{8, "operator determined barring"},
    NamedNumber{10, "call barred"},
    NamedNumber{21, "short message transfer rejected"},
    NamedNumber{22, "memory capacity exceeded"},
    NamedNumber{27, "destination out of service"},
    NamedNumber{28, "unidentified subscriber"},
    NamedNumber{29, "facility rejected"},
    NamedNumber{30, "unknown subscriber"},
    NamedNumber{38, "network out of order"},
    NamedNumber{41, "temporary failure"},
    NamedNumber{42, "congestion"},
    NamedNumber{47, "resources unavailable, unspecified"},
    NamedNumber{50, "requested facility not subscribed"},
    NamedNumber{69, "requested facility not implemented"},
    NamedNumber{81, "invalid short message reference"},
    NamedNumber{95, "semantically incorrect message"},
    NamedNumber{96, "invalid mandatory information"},
    NamedNumber{97, "message type non-existent or not implemented"},
    NamedNumber{98, "message not compatible with the protocol state"},
    NamedNumber{99, "information element non-existent or not implemented"},
    NamedNumber{111, "protocol error, unspecified"},
    NamedNumber{127, "interworking, unspecified"},
    NamedNumber{192, "service centre busy"},
    NamedNumber{193, "no service centre subscription"},
    NamedNumber{194, "service centre system failure"},
    NamedNumber{195, "invalid short message entity address"},
    NamedNumber{196, "destination short message entity barred"},
    NamedNumber{208, "SIM SMS storage full"},
    NamedNumber{211, "memory capacity exceeded"},
    NamedNumber{300, "ME failure"},
    NamedNumber{302, "operation not allowed"},
    NamedNumber{304, "invalid PDU mode parameter"},
    NamedNumber{305, "invalid text mode parameter"},
    NamedNumber{310, "SIM not inserted"},
    NamedNumber{330, "service centre address unknown"},
    NamedNumber{331, "no network service"},
    NamedNumber{332, "network time-out"},
    NamedNumber{340, "no acknowledgement expected"},
    NamedNumber{513, "not found"},
    NamedNumber{514, "not allowed"},
    NamedNumber{515, "memory full"},
    NamedNumber{524, "SMS client unregistered"},
};

constexpr std::array mobility_causes{
    NamedNumber{2, "IMSI unknown in HSS"},
    NamedNumber{3, "illegal UE"},
    NamedNumber{5, "IMEI not accepted"},
    NamedNumber{6, "illegal ME"},
    NamedNumber{7, "EPS services not allowed"},
    NamedNumber{8, "EPS services and non-EPS services not allowed"},
    NamedNumber{9, "UE identity cannot be derived by the network"},
    NamedNumber{10, "implicitly detached"},
    NamedNumber{11, "PLMN not allowed"},
    NamedNumber{12, "tracking area not allowed"},
    NamedNumber{13, "roaming not allowed in this tracking area"},
    NamedNumber{14, "EPS services not allowed in this PLMN"},
    NamedNumber{15, "no suitable cells in tracking area"},
    NamedNumber{16, "MSC temporarily not reachable"},
    NamedNumber{17, "network failure"},
    NamedNumber{18, "CS domain not available"},
    NamedNumber{19, "ESM failure"},
    NamedNumber{20, "MAC failure"},
    NamedNumber{21, "synch failure"},
    NamedNumber{22, "congestion"},
    NamedNumber{23, "UE security capabilities mismatch"},
    NamedNumber{24, "security mode rejected, unspecified"},
    NamedNumber{25, "not authorized for this CSG"},
    NamedNumber{26, "non-EPS authentication unacceptable"},
    NamedNumber{31, "redirection to 5GCN required"},
    NamedNumber{35, "requested service option not authorized in this PLMN"},
    NamedNumber{39, "CS service temporarily not available"},
    NamedNumber{40, "no EPS bearer context activated"},
    NamedNumber{42, "severe network failure"},
    NamedNumber{78, "PLMN not allowed to operate at the present UE location"},
    NamedNumber{95, "semantically incorrect message"},
    NamedNumber{96, "invalid mandatory information"},
    NamedNumber{97, "message type non-existent or not implemented"},
    NamedNumber{98, "message type not compatible with the protocol state"},
    NamedNumber{99, "information element non-existent or not implemented"},
    NamedNumber{100, "conditional IE error"},
    NamedNumber{101, "message not compatible with the protocol state"},
    NamedNumber{111, "protocol error, unspecified"},
};

constexpr std::array session_causes{
    NamedNumber{8, "operator determined barring"},
    NamedNumber{26, "insufficient resources"},
    NamedNumber{27, "missing or unknown APN"},
    NamedNumber{28, "unknown PDN type"},
    NamedNumber{29, "user authentication failed"},
    NamedNumber{30, "request rejected by Serving GW or PDN GW"},
    NamedNumber{31, "request rejected, unspecified"},
    NamedNumber{32, "service option not supported"},
    NamedNumber{33, "requested service option not subscribed"},
    NamedNumber{34, "service option temporarily out of order"},
    NamedNumber{35, "PTI already in use"},
    NamedNumber{36, "regular deactivation"},
    NamedNumber{37, "EPS QoS not accepted"},
    NamedNumber{38, "network failure"},
    NamedNumber{39, "reactivation requested"},
    NamedNumber{41, "semantic error in the TFT operation"},
    NamedNumber{42, "syntactical error in the TFT operation"},
    NamedNumber{43, "invalid EPS bearer identity"},
    NamedNumber{44, "semantic errors in packet filters"},
    NamedNumber{45, "syntactical errors in packet filters"},
    NamedNumber{47, "PTI mismatch"},
    NamedNumber{49, "last PDN disconnection not allowed"},
    NamedNumber{50, "PDN type IPv4 only allowed"},
    NamedNumber{51, "PDN type IPv6 only allowed"},
    NamedNumber{52, "single address bearers only allowed"},
    NamedNumber{53, "ESM information not received"},
    NamedNumber{54, "PDN connection does not exist"},
    NamedNumber{55, "multiple PDN connections for a given APN not allowed"},
    NamedNumber{56, "collision with network initiated request"},
    NamedNumber{57, "PDN type IPv4v6 only allowed"},
    NamedNumber{58, "PDN type non IP only allowed"},
    NamedNumber{59, "unsupported QCI value"},
    NamedNumber{60, "bearer handling not supported"},
    NamedNumber{65, "maximum number of EPS bearers reached"},
    NamedNumber{66, "requested APN not supported in current RAT and PLMN combination"},
    NamedNumber{81, "invalid PTI value"},
    NamedNumber{95, "semantically incorrect message"},
    NamedNumber{96, "invalid mandatory information"},
    NamedNumber{97, "message type non-existent or not implemented"},
    NamedNumber{98, "message type not compatible with the protocol state"},
    NamedNumber{99, "information element non-existent or not implemented"},
    NamedNumber{100, "conditional IE error"},
    NamedNumber{101, "message not compatible with the protocol state"},
    NamedNumber{111, "protocol error, unspecified"},
    NamedNumber{112, "APN restriction value incompatible with active EPS bearer context"},
    NamedNumber{113, "multiple accesses to a PDN connection not allowed"},
};

constexpr std::array registration_states{
    NamedNumber{0, "not registered, not searching"},
    NamedNumber{1, "registered, home network"},
    NamedNumber{2, "not registered, searching"},
    NamedNumber{3, "registration denied"},
    NamedNumber{4, "unknown, out of coverage"},
    NamedNumber{5, "registered, roaming"},
    NamedNumber{90, "not registered because of a UICC failure"},
};

constexpr std::array card_causes{
    NamedNumber{1, "PIN required"},
    NamedNumber{2, "PIN2 required"},
    NamedNumber{3, "PUK required"},
    NamedNumber{4, "PUK2 required"},
    NamedNumber{5, "PUK blocked"},
    NamedNumber{6, "PUK2 blocked"},
    NamedNumber{7, "device personalisation blocked"},
    NamedNumber{8, "IMEI lock blocked"},
    NamedNumber{9, "USIM card failure"},
    NamedNumber{10, "USIM changed"},
    NamedNumber{11, "USIM profile changed"},
};

constexpr std::array connack_codes{
    NamedNumber{0, "accepted"},
    NamedNumber{1, "unacceptable protocol version"},
    NamedNumber{2, "identifier rejected"},
    NamedNumber{3, "server unavailable"},
    NamedNumber{4, "bad user name or password"},
    NamedNumber{5, "not authorized"},
};

constexpr std::array tls_alerts{
    NamedNumber{0, "close notify"},
    NamedNumber{10, "unexpected message"},
    NamedNumber{20, "bad record MAC"},
    NamedNumber{21, "decryption failed"},
    NamedNumber{22, "record overflow"},
    NamedNumber{30, "decompression failure"},
    NamedNumber{40, "handshake failure"},
    NamedNumber{42, "bad certificate"},
    NamedNumber{43, "unsupported certificate"},
    NamedNumber{44, "certificate revoked"},
    NamedNumber{45, "certificate expired"},
    NamedNumber{46, "certificate unknown"},
    NamedNumber{47, "illegal parameter"},
    NamedNumber{48, "unknown CA"},
    NamedNumber{49, "access denied"},
    NamedNumber{50, "decode error"},
    NamedNumber{51, "decrypt error"},
    NamedNumber{60, "export restriction"},
    NamedNumber{70, "protocol version"},
    NamedNumber{71, "insufficient security"},
    NamedNumber{80, "internal error"},
    NamedNumber{86, "inappropriate fallback"},
    NamedNumber{90, "user canceled"},
    NamedNumber{100, "no renegotiation"},
    NamedNumber{109, "missing extension"},
    NamedNumber{110, "unsupported extension"},
    NamedNumber{112, "unrecognized name"},
    NamedNumber{113, "bad certificate status response"},
    NamedNumber{115, "unknown PSK identity"},
    NamedNumber{116, "certificate required"},
    NamedNumber{120, "no application protocol"},
};

constexpr std::array http_connection_states{
    NamedNumber{0, "not connected"},
    NamedNumber{1, "connected"},
};

constexpr std::array ftp_replies{
    NamedNumber{421, "service not available, closing the control connection"},
    NamedNumber{425, "data connection cannot be opened"},
    NamedNumber{426, "connection closed, transfer aborted"},
    NamedNumber{430, "invalid user name or password"},
    NamedNumber{450, "file not available, busy"},
    NamedNumber{451, "local error in processing"},
    NamedNumber{452, "insufficient storage"},
    NamedNumber{500, "command not recognized"},
    NamedNumber{501, "syntax error in parameters"},
    NamedNumber{502, "command not implemented"},
    NamedNumber{503, "bad sequence of commands"},
    NamedNumber{504, "command not implemented for this parameter"},
    NamedNumber{530, "not logged in"},
    NamedNumber{532, "account needed for storing files"},
    NamedNumber{534, "security level refused"},
    NamedNumber{550, "file not available"},
    NamedNumber{551, "page type unknown"},
    NamedNumber{552, "storage allocation exceeded"},
    NamedNumber{553, "file name not allowed"},
};

constexpr std::array tftp_errors{
    NamedNumber{0, "not defined, see the text"}, NamedNumber{1, "file not found"},
    NamedNumber{2, "access violation"},          NamedNumber{3, "disk full"},
    NamedNumber{4, "illegal operation"},         NamedNumber{5, "unknown transfer id"},
    NamedNumber{6, "file already exists"},       NamedNumber{7, "no such user"},
};

}  // namespace

std::span<const NamedNumber> names_of(Numbering numbering) {
  switch (numbering) {
    case Numbering::error_number:
      return error_numbers;
    case Numbering::former_error_number:
      return former_error_numbers;
    case Numbering::resolver:
      return resolver_errors;
    case Numbering::equipment:
      return equipment_errors;
    case Numbering::message:
      return message_errors;
    case Numbering::mobility:
      return mobility_causes;
    case Numbering::session:
      return session_causes;
    case Numbering::registration:
      return registration_states;
    case Numbering::card:
      return card_causes;
    case Numbering::connack:
      return connack_codes;
    case Numbering::tls_alert:
      return tls_alerts;
    case Numbering::http_connection:
      return http_connection_states;
    case Numbering::ftp_reply:
      return ftp_replies;
    case Numbering::tftp_error:
      return tftp_errors;
  }
  return {};
}

std::string_view name_of(Numbering numbering, int number) {
  auto names = names_of(numbering);
  auto found = std::ranges::lower_bound(names, number, {}, &NamedNumber::number);
  return found != names.end() && found->number == number ? found->name : std::string_view();
}

}  // namespace attache::vocabulary
