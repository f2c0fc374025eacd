package scienceworld.runtime;

import scala.Tuple2;
import scienceworld.struct.EnvObject;

public class AgentInterface {
  public native Tuple2 processUserInput$original(String input, EnvObject universe);
}
