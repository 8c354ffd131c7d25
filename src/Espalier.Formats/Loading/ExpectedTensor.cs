namespace Espalier.Formats;

/// <summary>The name, shape and type of a tensor that a network needs.</summary>
/// <param name="Name">The name in the state_dict.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Type">The type used in computations; other floating-point or integer types of a checkpoint are converted to it.</param>
/// <param name="MayBeInt8">Whether it may also be <see cref="ElementType.Int8"/>, which is then kept.</param>
internal readonly record struct ExpectedTensor(string Name, Shape Shape, ElementType Type, bool MayBeInt8 = false);
