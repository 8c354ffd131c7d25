namespace Espalier.Formats;

/// <summary>Reads or writes the attributes of an op. When writing, each method writes the given value and returns it; when reading, each returns the file's value.</summary>
/// <remarks>One line in <see cref="OpCodec"/> thus defines an attribute's name and property for both directions.</remarks>
internal interface IOpAttributes
{
    int Integer(string name, int value);

    double Number(string name, double value);

    bool Flag(string name, bool value);

    /// <summary>A flag that files have only where it differs from <paramref name="usual"/>, because it is younger than the format.</summary>
    bool OptionalFlag(string name, bool value, bool usual);

    /// <summary>A number that files have only where it is not <see langword="null"/>.</summary>
    double? OptionalNumber(string name, double? value);

    Size Size(string name, Size value);

    Padding Padding(string name, Padding value);

    Shape Shape(string name, Shape value);

    T Choice<T>(string name, T value) where T : struct, Enum;

    /// <summary>An attribute that files of earlier versions lack: where it has the value <paramref name="absent"/>, it is not written.</summary>
    T Choice<T>(string name, T value, T absent) where T : struct, Enum;
}
