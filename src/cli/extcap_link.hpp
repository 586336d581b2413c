#pragma once

namespace attache::cli {

/// The name by which Wireshark calls this program: `attache extcap`.
inline constexpr const char* extcap_name = "attache-extcap";

/// Places a link to this program in the folder of extcap programs that `tshark -G folders` names: the user's
/// own, or where Wireshark has none the machine's. Says where. The exit code of the subcommand.
int install_extcap_link();
/// Takes it away.
int remove_extcap_link();

}  // namespace attache::cli
