using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The quality of a network when one parameter or channel group is pruned by several amounts.</summary>
/// <param name="Name">The parameter (<c>layer1.0.conv1.weight</c>), or the channel group (<c>layer1.0.conv1</c>).</param>
/// <param name="Size">The number of weights of the parameter, or of channels of the group.</param>
/// <param name="Qualities">The network's quality at each amount of the scan.</param>
public sealed record SensitivityCurve(string Name, long Size, ValueList<double> Qualities);
