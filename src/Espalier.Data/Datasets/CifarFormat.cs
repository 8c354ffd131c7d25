namespace Espalier.Data;

/// <summary>The two binary formats of CIFAR.</summary>
public enum CifarFormat
{
    /// <summary>A byte for the class, 0 to 9, before each image.</summary>
    Cifar10,

    /// <summary>Two bytes before each image: the superclass, 0 to 19, which is not used, and the class, 0 to 99.</summary>
    Cifar100,
}
