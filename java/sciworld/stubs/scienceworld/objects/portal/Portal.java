package scienceworld.objects.portal;

import scala.collection.immutable.Set;
import scienceworld.struct.EnvObject;

public class Portal extends EnvObject {
  public native Set getReferents(EnvObject container);
}
