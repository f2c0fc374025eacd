package misstep;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One simulator in a class loader of its own: its singletons (random numbers, counters, simplifications) hold the state
 * of whoever loaded a task last, so two runs in one class space would disturb each other.
 */
final class Simulator {
  private static final String INTERFACE = "scienceworld.runtime.pythonapi.PythonInterface";
  private static final String ROUTES = "scienceworld.goldagent.PathFinder$";
  /** What the interface answers by itself, without a step and without a look at score and end. */
  private static final List<String> QUESTIONS = Arrays.asList("help", "objects", "task");

  private static final String UNKNOWN =
      "Unknown action.  Type 'help' for a list of actions, and 'objects' for a list of possible object referents. ";

  private final Loader loader;
  private final Object target;
  private final Map<String, Method> methods = new HashMap<>();

  /** The run of the loaded task, inside the interface. */
  private Object run;

  private Object score = 0;
  private Object completed = false;

  Simulator(URL jar, Loader library) throws Throwable {
    loader = Loader.of(jar, library);
    Thread.currentThread().setContextClassLoader(loader);
    target = Class.forName(INTERFACE, true, loader).getDeclaredConstructor().newInstance();
  }

  /** The names of all tasks, and how many variations each has. */
  Map<String, Object> tasks() throws Throwable {
    Map<String, Object> variations = new LinkedHashMap<>();
    for (Object task : (List<?>) call("getTaskNames")) variations.put((String) task, call("getTaskMaxVariations", task));
    return variations;
  }

  /** Begins a task: what it asks, or what is wrong with it; with {@code gold}, also the actions of its own solver. */
  Map<String, Object> load(Map<?, ?> request, boolean gold) throws Throwable {
    // The solver keeps the routes that it drew by lot, and would come to other solutions the next time.
    if (gold) invoke(invoke(loader.loadClass(ROUTES).getField("MODULE$").get(null), "precomputedExhaustivePaths"), "clear");
    int variation = ((Number) request.get("variation")).intValue();
    Object error = call("load", request.get("task"), variation, request.get("simplifications"), gold);
    Map<String, Object> loaded = new LinkedHashMap<>();
    loaded.put("error", error);
    loaded.put("description", call("getTaskDescription"));
    if (gold) loaded.put("actions", call("getGoldActionSequence"));
    run = invoke(call("agentInterface"), "get");
    score = 0;
    completed = false;
    return loaded;
  }

  /** One step, with what is seen and held after it; {@code valid} lists all actions that would work next. */
  Map<String, Object> step(String action, boolean valid) throws Throwable {
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("observation", act(action));
    outcome.put("score", score);
    outcome.put("completed", completed);
    outcome.put("moves", call("getNumMoves"));
    // It swallows whatever is thrown inside it, and would answer the next action with a failed task.
    if (Boolean.TRUE.equals(invoke(run, "isInErrorState"))) {
      outcome.put("fault", invoke(run, "getErrorStateMessage"));
      return outcome;
    }
    outcome.put("look", call("freeActionLook"));
    outcome.put("inventory", call("freeActionInventory"));
    if (valid) outcome.put("valid", call("getValidActionObjectCombinations"));
    return outcome;
  }

  /**
   * What the interface's own {@code step} does, without the notes that it takes on each step (they take a quarter of the
   * time and grow without bound).
   */
  private Object act(String action) throws Throwable {
    if (QUESTIONS.contains(action.trim().toLowerCase(Locale.ROOT))) return call("step", action);
    Object answer = invoke(run, "step", action);
    score = invoke(answer, "_2");
    completed = invoke(answer, "_3");
    String observation = (String) invoke(answer, "_1");
    return observation.isEmpty() ? UNKNOWN : observation;
  }

  private Object call(String name, Object... arguments) throws Throwable {
    return invoke(target, name, arguments);
  }

  private Object invoke(Object receiver, String name, Object... arguments) throws Throwable {
    Class<?> type = receiver.getClass();
    String key = type.getName() + '.' + name;
    Method method = methods.get(key);
    if (method == null) {
      method = find(type, name, arguments.length);
      methods.put(key, method);
    }
    try {
      return method.invoke(receiver, arguments);
    } catch (InvocationTargetException failure) {
      throw failure.getCause();
    }
  }

  private static Method find(Class<?> type, String name, int parameters) throws NoSuchMethodException {
    for (Method method : type.getMethods()) {
      if (method.getName().equals(name) && method.getParameterCount() == parameters) return method;
    }
    throw new NoSuchMethodException("This simulator has no " + name + ": is it ScienceWorld 1.1 or newer?");
  }
}
