package scienceworld.input;

import scienceworld.struct.EnvObject;

public class InputParser$ {
  public static InputParser$ MODULE$;

  public native String[] stopWords();

  public native String[] tokenize(String text);

  public native String[] tokenize$original(String text);

  public native String[] getObjectReferents$original(EnvObject thing, EnvObject container);
}
