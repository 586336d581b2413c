#include "cli/annotated_capture.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/posix/private_file.hpp"
#include "trace/reading/annotator.hpp"

namespace attache::cli {

namespace {

// The packet of the line that the finding is about, or else of any of its evidence; 0 if there is none.
std::uint64_t packet_of(const doctor::Finding& finding) {
  if (auto primary = finding.primary(); primary && primary->place.packet > 0) {
    return primary->place.packet;
  }
  auto found =
      std::find_if(finding.evidence.begin(), finding.evidence.end(),
                   [](const doctor::Evidence& each) { return each.event && each.event->place.packet > 0; });
  return found != finding.evidence.end() ? found->event->place.packet : 0;
}

trace::PacketComments comments_of(const doctor::Diagnosis& diagnosis) {
  trace::PacketComments comments;
  for (const doctor::Finding& finding : diagnosis.findings) {
    std::string text = fmt::format("doctor: {} ({}): {}\n{}", name_of(finding.level),
                                   name_of(finding.confidence()), finding.title, finding.why);
    for (const doctor::FixStep& fix : finding.fixes) {
      text += fmt::format("\ndo: {}", fix.text);
    }
    if (std::uint64_t packet = packet_of(finding); packet > 0) {
      comments[packet].push_back(std::move(text));
    }
  }
  return comments;
}

base::Reason not_annotated(const std::string& path, int error) {
  base::Reason reason = base::path_failure(path, error);
  reason.what = "the capture cannot be annotated";
  if (error == EEXIST) {
    reason.why = "there is a file of that name already, and it is left alone";
    reason.advice = "choose another name, or remove it";
  }
  return reason;
}

}  // namespace

base::Result<void> write_annotated(const std::string& capture, const std::string& copy,
                                   const doctor::Diagnosis& diagnosis) {
  base::FileDescriptor in = base::open_file(capture, O_RDONLY);
  if (!in) {
    return not_annotated(capture, errno);
  }
  base::FileDescriptor out = base::open_file(copy, O_WRONLY | O_CREAT | O_EXCL, base::private_file_mode);
  if (!out) {
    return not_annotated(copy, errno);
  }
  int error = 0;
  trace::Annotator annotator(comments_of(diagnosis), [&](std::string_view bytes) {
    bool is_written = error != 0 || base::write_all(out.get(), bytes);
    error = is_written ? error : errno;
  });
  std::array<char, 64UL * 1024> piece;
  base::Result<void> taken;
  for (ssize_t count = 1; count != 0 && taken && error == 0;) {
    count = ::read(in.get(), piece.data(), piece.size());
    if (count > 0) {
      taken = annotator.take({piece.data(), static_cast<std::size_t>(count)});
    } else if (count < 0 && errno != EINTR) {
      return not_annotated(capture, errno);
    }
  }
  taken = taken ? annotator.finish() : taken;
  if (!taken || error != 0) {
    ::unlink(copy.c_str());
    return taken ? base::Result<void>(not_annotated(copy, error)) : taken;
  }
  return {};
}

}  // namespace attache::cli
