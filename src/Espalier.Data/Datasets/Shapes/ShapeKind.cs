namespace Espalier.Data;

/// <summary>The classes of <see cref="GeneratedShapes"/>, by index.</summary>
internal enum ShapeKind
{
    Disc,
    Ring,
    Square,
    Triangle,
    Cross,
    Star,
    Crescent,
    Heart,
    Arrow,
    Hourglass,
}
