// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// An ERC-20 token of any decimals whose first owners have their share, and trust the spenders with it, from the
/// beginning: that saves a local chain hundreds of transactions.
contract LabToken is ERC20 {
    uint8 private immutable _decimals;

    constructor(
        string memory name_,
        string memory symbol_,
        uint8 decimals_,
        address[] memory owners,
        uint256 share,
        address[] memory spenders
    ) ERC20(name_, symbol_) {
        _decimals = decimals_;
        for (uint256 i = 0; i < owners.length; i++) {
            _mint(owners[i], share);
            for (uint256 j = 0; j < spenders.length; j++) _approve(owners[i], spenders[j], type(uint256).max);
        }
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}
