package misstep;

import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A place for one run at a time: a thread, and a simulator that no other slot shares anything with. The simulator stays
 * for the next run, for its code is warm: a load sets all state anew that is kept in singletons (random numbers,
 * identifiers, simplifications). After a failure there is a new one.
 */
final class Slot {
  /** Physics over long chains of things recurses deeply; only what is touched takes memory. */
  private static final long STACK_BYTES = 64L << 20;

  private final URL jar;
  private final Loader library;
  private final ExecutorService thread;
  private Simulator simulator;

  Slot(String name, URL jar, Loader library) {
    this.jar = jar;
    this.library = library;
    this.thread = Executors.newSingleThreadExecutor(work -> {
      Thread made = new Thread(null, work, "slot-" + name, STACK_BYTES);
      made.setDaemon(true);
      return made;
    });
  }

  void submit(Map<?, ?> request, Bridge bridge) {
    thread.execute(() -> {
      Object id = request.get("id");
      try {
        bridge.answer(id, "result", handle(request));
      } catch (Throwable failure) {
        // Nobody knows what it has left half done.
        simulator = null;
        bridge.answer(id, "error", String.valueOf(failure));
      }
    });
  }

  private Object handle(Map<?, ?> request) throws Throwable {
    switch ((String) request.get("op")) {
      case "tasks":
        return opened().tasks();
      case "load":
        return opened().load(request, false);
      case "gold":
        return opened().load(request, true);
      case "steps":
        return steps(request);
      default:
        throw new IllegalArgumentException("There is no such request: " + request.get("op"));
    }
  }

  /**
   * What each action brought about, in order; stops after the first that the simulator itself failed at. All actions that
   * would work next are listed after the last only: the list may take a thousand times as long as the step.
   */
  private List<Object> steps(Map<?, ?> request) throws Throwable {
    List<Object> outcomes = new ArrayList<>();
    boolean valid = Boolean.TRUE.equals(request.get("valid"));
    if (simulator == null) throw new IllegalStateException("No task is loaded.");
    List<?> actions = (List<?>) request.get("actions");
    for (Object action : actions) {
      boolean isLast = outcomes.size() == actions.size() - 1;
      Map<String, Object> outcome = simulator.step((String) action, valid && isLast);
      outcomes.add(outcome);
      if (outcome.containsKey("fault")) {
        simulator = null;
        break;
      }
    }
    return outcomes;
  }

  private Simulator opened() throws Throwable {
    if (simulator == null) simulator = new Simulator(jar, library);
    return simulator;
  }
}
