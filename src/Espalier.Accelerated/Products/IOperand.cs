namespace Espalier.Accelerated;

/// <summary>Where in an operand's memory a row or column begins: found once, used for all terms of the sum.</summary>
internal struct Place
{
    internal int Base, Y, X;
}

/// <summary>An operand of a <see cref="Product"/>: rows of the left one, columns of the right one, computed from memory as they are read.</summary>
internal interface IOperand
{
    /// <summary>The place of a row or column.</summary>
    /// <param name="index">The row or column.</param>
    /// <param name="part">The group of the convolution.</param>
    Place At(int index, int part);

    /// <summary>An element.</summary>
    /// <param name="place">Its row or column.</param>
    /// <param name="term">Which term of the sum.</param>
    float Load(Place place, int term);
}

/// <summary>Takes the elements of a product.</summary>
internal interface IResult
{
    /// <summary>The place of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="part">The group of the convolution.</param>
    /// <param name="split">Which range of the sum's terms was added up.</param>
    Place At(int column, int part, int split);

    /// <summary>Stores an element.</summary>
    /// <param name="place">Its column.</param>
    /// <param name="row">Its row within the part.</param>
    /// <param name="part">The group of the convolution.</param>
    /// <param name="value">The sum.</param>
    void Store(Place place, int row, int part, float value);
}
