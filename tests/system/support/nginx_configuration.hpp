#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace attache::system_test {

/// The configuration of an nginx that runs as an ordinary process in a folder of its own, with what `http`
/// adds to its section of that name: settings and servers. What they give lies in `www`.
inline std::string nginx_configuration(std::string_view http) {
  return fmt::format(R"(
daemon off;
master_process off;
error_log stderr notice;
pid nginx.pid;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  root www;
{}
}}
)",
                     http);
}

}  // namespace attache::system_test
