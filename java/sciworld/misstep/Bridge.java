package misstep;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets a parent process drive many runs of the ScienceWorld simulator at once: {@code java misstep.Bridge <jar> [folder]}.
 *
 * <p>Requests come on standard input, answers go to standard output, each one JSON object a line. A request is
 * {@code {"id", "slot", "op", ...}}, an answer {@code {"id", "result"}} or {@code {"id", "error"}}. Requests to one slot
 * are answered in order, those to different slots side by side. A line with id 0 comes first: the machine is ready.
 */
public final class Bridge {
  private final OutputStream answers;
  private final URL jar;
  private final Loader library;
  private final Map<String, Slot> slots = new HashMap<>();

  private Bridge(OutputStream answers, URL jar) {
    this.answers = answers;
    this.jar = jar;
    this.library = Loader.libraryOf(jar);
  }

  public static void main(String[] arguments) throws IOException {
    OutputStream answers = new FileOutputStream(FileDescriptor.out);
    // Before the simulator is loaded: it prints about a megabyte an episode, which must not get among the answers.
    System.setOut(new Silence());
    Bridge bridge = new Bridge(answers, new File(arguments[0]).toURI().toURL());
    bridge.answer(0, "result", System.getProperty("java.version"));
    bridge.listen();
    // The end of standard input: the parent is gone, and whatever is still running is of no use to anyone.
    if (arguments.length > 1) remove(new File(arguments[1]));
    Runtime.getRuntime().halt(0);
  }

  /** A parent that was killed cannot tidy up its folder. */
  private static void remove(File folder) {
    File[] files = folder.listFiles();
    if (files != null) for (File file : files) file.delete();
    folder.delete();
  }

  private void listen() throws IOException {
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      Map<?, ?> request = (Map<?, ?>) Json.read(line);
      String slot = (String) request.get("slot");
      slots.computeIfAbsent(slot, name -> new Slot(name, jar, library)).submit(request, this);
    }
  }

  /** Writes one line; called from every slot's thread. */
  void answer(Object id, String key, Object value) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", id);
    line.put(key, value);
    byte[] bytes = (Json.write(line) + "\n").getBytes(StandardCharsets.US_ASCII);
    synchronized (answers) {
      try {
        answers.write(bytes);
        answers.flush();
      } catch (IOException gone) {
        Runtime.getRuntime().halt(0);
      }
    }
  }
}
